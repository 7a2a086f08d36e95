namespace WunderProxy.Deployments.Contracts;

/// <summary>
/// Why a call of <see cref="IContainerLifecycle"/> changed nothing; the exception's <c>Code</c> is the name on the wire.
/// </summary>
public enum DeploymentError
{
    /// <summary>The reference is not a hash (<c>bad_hash</c>).</summary>
    BadHash,

    /// <summary>No launch config, history entry or container has this name (<c>not_found</c>).</summary>
    NotFound,

    /// <summary>Another changing operation is in progress (<c>busy</c>).</summary>
    Busy,

    /// <summary>The launch config is stored, but none of its containers runs (<c>not_running</c>).</summary>
    NotRunning,

    /// <summary>The container runs, but its probe fails (<c>unhealthy</c>).</summary>
    Unhealthy,

    /// <summary>The stored bytes do not match their hash (<c>hash_mismatch</c>).</summary>
    HashMismatch,

    /// <summary>The bytes are not a launch config (<c>invalid_config</c>).</summary>
    InvalidConfig,

    /// <summary>The launch config uses what <c>--restrict</c> does not allow (<c>restricted</c>).</summary>
    Restricted,

    /// <summary>Several ports are exposed and none is named (<c>ambiguous_port</c>).</summary>
    AmbiguousPort,

    /// <summary>An image archive does not contain the wanted image (<c>image_mismatch</c>).</summary>
    ImageMismatch,

    /// <summary>The container did not come up; the code is the reason, such as <c>exit_code</c>.</summary>
    LaunchFailed,

    /// <summary>The store refuses the credentials (<c>store_denied</c>).</summary>
    StoreDenied,

    /// <summary>The store does not answer (<c>store_unavailable</c>).</summary>
    StoreUnavailable,

    /// <summary>The Docker engine does not answer (<c>engine_unavailable</c>).</summary>
    EngineUnavailable,

    /// <summary>The local record cannot be written (<c>state_unwritable</c>).</summary>
    StateUnwritable,

    /// <summary>The history has no earlier entry to go back to (<c>history_empty</c>).</summary>
    HistoryEmpty,

    /// <summary>Another deployer holds the lease or wrote the history first (<c>lease_held</c>).</summary>
    LeaseHeld,
}
