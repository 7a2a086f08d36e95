namespace WunderProxy.Deployments.Contracts;

/// <summary>The states of a guard's watch, as shown in <c>/status</c>.</summary>
public static class GuardState
{
    /// <summary>The new upstream is being watched.</summary>
    public const string Watching = "watching";

    /// <summary>The watch has ended, and the new upstream was not clearly worse.</summary>
    public const string Passed = "passed";

    /// <summary>The new upstream was clearly worse, so traffic goes to the earlier one again.</summary>
    public const string SwitchedBack = "switched_back";

    /// <summary>
    /// The new upstream was clearly worse, but the earlier one could not take traffic, so the new one serves.
    /// </summary>
    public const string Kept = "kept";

    /// <summary>Another switch ended the watch before a verdict.</summary>
    public const string Superseded = "superseded";

    /// <summary>The watch itself failed, so the new upstream serves unwatched.</summary>
    public const string Failed = "failed";
}
