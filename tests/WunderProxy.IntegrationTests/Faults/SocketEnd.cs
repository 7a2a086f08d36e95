namespace WunderProxy.IntegrationTests.Faults;

/// <summary>How a WebSocket ended.</summary>
/// <param name="Revision">Which revision it led to.</param>
/// <param name="Code">The code of the close frame that came.</param>
/// <param name="At">When it came.</param>
internal sealed record SocketEnd(string Revision, int Code, DateTimeOffset At);
