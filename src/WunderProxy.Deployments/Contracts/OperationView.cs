namespace WunderProxy.Deployments.Contracts;

/// <summary>The changing operation in progress, for <c>/status</c> and <c>busy</c> answers.</summary>
/// <param name="Kind"><c>launch</c>, <c>switch</c>, <c>deploy</c> or <c>rollback</c>.</param>
/// <param name="Reference">What the operation was asked for: a hash, a revision, or empty.</param>
/// <param name="Since">When the operation began.</param>
/// <param name="State">The deployment's state, such as <c>pulling</c>.</param>
/// <param name="Progress">The last step reported; null before the first one.</param>
public sealed record OperationView(
    string Kind, string Reference, DateTimeOffset Since, string State, DeploymentProgress? Progress)
{
    /// <summary>Returns the view without the words of the last step, which may quote the engine.</summary>
    public OperationView ForAnybody() => this with { Progress = Progress is null ? null : Progress with { Message = Progress.Step } };
}
