namespace WunderProxy.ManagerApi;

/// <summary>How a changing call ended, for log and event.</summary>
/// <param name="Status">Status of the answer.</param>
/// <param name="Outcome">How the call ended.</param>
/// <param name="From">The revision in service before the call; empty if there was none, or the call was refused.</param>
/// <param name="To">The revision that the call was about, else the one in service after it; empty likewise.</param>
/// <param name="Took">How long the call took.</param>
internal sealed record CallEnd(int Status, ApiOutcome Outcome, string From, string To, TimeSpan Took)
{
    /// <summary>Whether the call was refused, or asked for something that cannot be done.</summary>
    public bool IsRejection => Status is >= 400 and < 500;
}
