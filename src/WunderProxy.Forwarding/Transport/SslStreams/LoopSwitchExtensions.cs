namespace WunderProxy.Forwarding.Transport.SslStreams;

/// <summary>Gives a loop its <see cref="LoopSwitch"/>.</summary>
internal static class LoopSwitchExtensions
{
    /// <summary>Returns what asynchronous code awaits to go on on the loop.</summary>
    public static LoopSwitch ReturnAsync(this TransportLoop loop) => new(loop);
}
