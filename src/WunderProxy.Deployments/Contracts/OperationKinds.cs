using System.Diagnostics;

namespace WunderProxy.Deployments.Contracts;

/// <summary>The names of <see cref="OperationKind"/> values.</summary>
internal static class OperationKinds
{
    /// <summary>
    /// Returns the name for logs, <c>/status</c> and <c>busy</c> answers; a recovery is shown as the start that it
    /// repeats.
    /// </summary>
    public static string ToWire(this OperationKind kind) => kind switch
    {
        OperationKind.Launch => "launch",
        OperationKind.Switch => "switch",
        OperationKind.Deploy => "deploy",
        OperationKind.Rollback => "rollback",
        OperationKind.Retire => "retire",
        OperationKind.Start or OperationKind.Recovery => "start",
        _ => throw new UnreachableException($"operation kind {kind}"),
    };
}
