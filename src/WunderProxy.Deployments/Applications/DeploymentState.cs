namespace WunderProxy.Deployments.Applications;

/// <summary>The states of a deployment, from its launch config to its removal.</summary>
internal enum DeploymentState
{
    /// <summary>The launch config is being read and checked.</summary>
    Fetching,

    /// <summary>The image is being pulled or loaded.</summary>
    Pulling,

    /// <summary>The engine is creating the container.</summary>
    Creating,

    /// <summary>The container is being started.</summary>
    Starting,

    /// <summary>The container runs and is probed until healthy.</summary>
    Checking,

    /// <summary>The container is healthy and waits without traffic.</summary>
    Ready,

    /// <summary>Traffic goes to the container.</summary>
    Current,

    /// <summary>The container gets no new exchanges and finishes those in flight.</summary>
    Draining,

    /// <summary>The container is stopped and kept for a quick rollback.</summary>
    Kept,

    /// <summary>The container no longer exists.</summary>
    Removed,

    /// <summary>The container did not come up.</summary>
    Failed,
}
