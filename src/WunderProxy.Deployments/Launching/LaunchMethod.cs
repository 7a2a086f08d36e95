namespace WunderProxy.Deployments.Launching;

/// <summary>How a launch got its container.</summary>
internal enum LaunchMethod
{
    /// <summary>A container of the launch config was already running.</summary>
    Running,

    /// <summary>A kept container was started again.</summary>
    Started,

    /// <summary>A container was created from an image that was on this machine.</summary>
    Created,

    /// <summary>The image was pulled from a registry, and then a container was created.</summary>
    Pulled,

    /// <summary>The image was loaded from an archive in a bucket, and then a container was created.</summary>
    Loaded,
}
