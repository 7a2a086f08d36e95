namespace WunderProxy.Deployments.Applications;

/// <summary>Where one deployment stands, from its launch config to its removal.</summary>
internal enum DeploymentState
{
    /// <summary>Its launch config is being read and checked.</summary>
    Fetching,

    /// <summary>Its image is being pulled or loaded.</summary>
    Pulling,

    /// <summary>The engine is asked for a container.</summary>
    Creating,

    /// <summary>The container is being started.</summary>
    Starting,

    /// <summary>The container runs and is probed until healthy.</summary>
    Checking,

    /// <summary>Healthy and waiting; no traffic.</summary>
    Ready,

    /// <summary>Traffic goes to it.</summary>
    Current,

    /// <summary>It gets nothing new and finishes what it has.</summary>
    Draining,

    /// <summary>Stopped, kept for a quick rollback.</summary>
    Kept,

    /// <summary>Its container is gone.</summary>
    Removed,

    /// <summary>It did not come up.</summary>
    Failed,
}
