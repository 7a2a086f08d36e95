namespace WunderProxy.Fleet;

/// <summary>
/// A deploy or rollback over several managers did not succeed; the message says what each manager serves now and what is
/// not recorded.
/// </summary>
internal sealed class FleetException(string message) : Exception(message);
