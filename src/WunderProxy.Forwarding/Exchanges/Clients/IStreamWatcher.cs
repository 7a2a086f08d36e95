using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Exchanges.Clients;

/// <summary>
/// Is notified of what happens to a <see cref="ClientStream"/> while it serves an exchange. All calls are made on the
/// loop.
/// </summary>
internal interface IStreamWatcher
{
    /// <summary>
    /// The client finished its sending side or reset. Called after the request's head is complete, perhaps twice.
    /// </summary>
    /// <param name="reason"><see cref="CloseReason.RemoteFinished"/> or <see cref="CloseReason.RemoteReset"/>.</param>
    void OnClientClosed(CloseReason reason);

    /// <summary>The client sent nothing for longer than <see cref="ClientStream.SetReadDeadline"/> allowed.</summary>
    void OnReadElapsed();

    /// <summary>
    /// The client accepted nothing for longer than <see cref="ClientStream.SetWriteDeadline"/> allowed.
    /// </summary>
    void OnWriteElapsed();

    /// <summary>
    /// The upstream's response or the end of a pause took longer than <see cref="ClientStream.SetResponseDeadline"/>
    /// allowed.
    /// </summary>
    void OnResponseElapsed();
}
