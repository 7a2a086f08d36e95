namespace WunderProxy.ManagerApi.Page;

/// <summary>An event that the charts mark on the time axis.</summary>
/// <param name="At">When it happened.</param>
/// <param name="Tone">How the mark is coloured.</param>
/// <param name="Text">What happened, in words.</param>
internal sealed record PageMark(DateTimeOffset At, Tone Tone, string Text);
