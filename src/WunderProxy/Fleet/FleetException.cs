namespace WunderProxy.Fleet;

/// <summary>
/// Thrown when a deploy or rollback on several managers did not succeed; the message says what each manager serves now
/// and what is not recorded.
/// </summary>
internal sealed class FleetException(string message) : Exception(message);
