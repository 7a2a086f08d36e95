using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi.Page;

/// <summary>One act of the past: an entry of the history, or what only events tell.</summary>
/// <param name="Kind">What it was.</param>
/// <param name="Revision">Revision that it brought, or failed to bring, into service; empty if unknown.</param>
/// <param name="Hash">Hash of its launch config; empty if unknown.</param>
/// <param name="At">When it happened.</param>
/// <param name="By">Who asked for it.</param>
internal sealed record HistoryAct(ActKind Kind, string Revision, string Hash, DateTimeOffset At, string By)
{
    /// <summary>The entry of the history; null for what is not, or no more, in the history.</summary>
    public HistoryEntryView? Entry { get; init; }

    /// <summary>How long the operation took, in seconds; null if that is unknown.</summary>
    public double? Seconds { get; init; }

    /// <summary>The code of a failure; <c>ok</c> otherwise.</summary>
    public string Result { get; init; } = "ok";
}
