namespace WunderProxy.Forwarding.Transport;

/// <summary>Is notified when the remote end of a connection goes away.</summary>
internal interface IConnectionWatcher
{
    /// <summary>Called on the connection's loop, never from inside a call that the watcher makes.</summary>
    /// <param name="connection">The connection whose remote end went away.</param>
    /// <param name="reason">
    /// <see cref="CloseReason.RemoteFinished"/> or <see cref="CloseReason.RemoteReset"/>, each at most once per watcher. A
    /// remote end that has finished still accepts bytes until it resets.
    /// </param>
    void OnRemoteClosed(TransportConnection connection, CloseReason reason);
}
