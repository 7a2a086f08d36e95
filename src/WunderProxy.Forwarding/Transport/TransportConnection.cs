using System.IO.Pipelines;
using System.Net;

namespace WunderProxy.Forwarding.Transport;

/// <summary>One stream connection, accepted or opened, owned by one <see cref="TransportLoop"/>.</summary>
/// <remarks>
/// <para>All members are used on the thread of <see cref="Loop"/> only; every continuation runs there too.</para>
/// <para>A peer's behaviour is a value, never an exception: when the peer has ended its side,
/// <see cref="PipeReader.ReadAsync"/> returns <see cref="ReadResult.IsCompleted"/> after the last byte; when the
/// connection is broken or closed, reads and flushes complete with <c>IsCompleted</c> and <see cref="CloseReason"/>
/// says why. <see cref="PipeReader.CancelPendingRead"/> and <see cref="PipeWriter.CancelPendingFlush"/> wake a waiter
/// with <c>IsCanceled</c>.</para>
/// <para>An idle connection holds no buffer: memory is rented when bytes arrive and returned when all are consumed.</para>
/// </remarks>
internal abstract class TransportConnection : IDuplexPipe
{
    /// <summary>The loop that owns this connection.</summary>
    public abstract TransportLoop Loop { get; }

    /// <summary>Bytes from the peer. One reader, one outstanding read.</summary>
    public abstract PipeReader Input { get; }

    /// <summary>
    /// Bytes to the peer. <see cref="PipeWriter.WriteAsync"/> hands the caller's memory to the socket without a copy
    /// when nothing is queued; the caller's memory stays in use until the returned task completes.
    /// A flush completes when the operating system has taken all bytes: that is the back-pressure.
    /// </summary>
    public abstract PipeWriter Output { get; }

    /// <summary>Address of the peer; a unix-socket peer has a <see cref="System.Net.Sockets.UnixDomainSocketEndPoint"/>.</summary>
    public abstract EndPoint? RemoteEndPoint { get; }

    /// <summary>Our own address on this connection.</summary>
    public abstract EndPoint? LocalEndPoint { get; }

    /// <summary>
    /// Asks the kernel to which user of this machine the remote end of an accepted connection belongs: now, for a
    /// loopback address; when it connected, for a unix socket.
    /// </summary>
    /// <returns>The user id; null when the remote end is elsewhere, has closed, or the kernel does not tell.</returns>
    public virtual uint? FindRemoteUser() => null;

    /// <summary>Why reading or writing ended; <see cref="CloseReason.None"/> while both sides are open.</summary>
    public abstract CloseReason CloseReason { get; }

    /// <summary>
    /// Told on the loop when the peer ends its side or resets, also while nobody reads; soon after being set when
    /// that has happened already. Set it to notice a client that goes away while its exchange waits for the upstream.
    /// </summary>
    public abstract IConnectionWatcher? Watcher { get; set; }

    /// <summary>
    /// Whether a pooled connection may carry another exchange: open on both sides, and nothing unread has arrived.
    /// Costs no system call when the transport already knows.
    /// </summary>
    public abstract bool IsReusable { get; }

    /// <summary>
    /// Has what was written sent at the end of the loop's turn, right after what other connections send then: the
    /// processes at the far ends are woken once for all of it instead of once for each.
    /// </summary>
    /// <remarks>
    /// For a few kilobytes at the end of a message, on a connection that goes on. A failure shows at the next read or
    /// flush. An order to close sends it first.
    /// </remarks>
    public abstract void FlushSoon();

    /// <summary>Opens a way to <paramref name="destination"/> inside the kernel.</summary>
    /// <returns>Null when there is none, or bytes wait in the buffers of one of the two: read and write.</returns>
    public virtual DirectRelay? TryRelayTo(TransportConnection destination) => null;

    /// <summary>Ends our sending side (FIN) after what is flushed; reading goes on.</summary>
    public abstract void ShutdownSend();

    /// <summary>Closes in order. Idempotent; pending reads and flushes complete.</summary>
    public abstract void Close();

    /// <summary>Closes with a reset, so that a message cut short is never taken for a whole one. Idempotent.</summary>
    public abstract void Abort();
}
