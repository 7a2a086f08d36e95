namespace WunderProxy.Deployments.Applications;

/// <summary>Whose a container is.</summary>
internal enum ContainerOwner
{
    /// <summary>It says nothing about this application.</summary>
    Other,

    /// <summary>It carries our labels without proof that we made it: it is listed, and never touched.</summary>
    Foreign,

    /// <summary>We made it.</summary>
    Ours,
}
