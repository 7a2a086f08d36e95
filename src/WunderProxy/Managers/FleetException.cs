namespace WunderProxy.Managers;

/// <summary>
/// A deploy or rollback over several managers that failed; where traffic goes is told in the message.
/// </summary>
internal sealed class FleetException(string message) : Exception(message);
