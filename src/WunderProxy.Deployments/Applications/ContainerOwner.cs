namespace WunderProxy.Deployments.Applications;

/// <summary>The owner of a container.</summary>
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
