namespace WunderProxy.ManagerApi;

/// <summary>How a call ended, for the audit.</summary>
/// <param name="Text">What was done, or why not, in words.</param>
/// <param name="Code"><c>ok</c>, or the error code of the answer.</param>
/// <param name="Revision">The revision that the call was about; empty if it was about none.</param>
internal sealed record ApiOutcome(string Text, string Code = ApiOutcome.Ok, string Revision = "")
{
    /// <summary>The code of a call that did what it was asked for.</summary>
    public const string Ok = "ok";

    /// <summary>The outcome of a call whose status says enough.</summary>
    public static ApiOutcome Done { get; } = new("done");
}
