namespace WunderProxy.Deployments.Applications;

/// <summary>To whom a container on the engine belongs, as far as this service is concerned.</summary>
internal enum ContainerOwner
{
    /// <summary>The container does not refer to this application.</summary>
    Other,

    /// <summary>
    /// The container carries our labels without proof that we made it; it is listed, but never touched.
    /// </summary>
    Foreign,

    /// <summary>This service made the container.</summary>
    Ours,
}
