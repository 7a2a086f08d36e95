using System.Net.Sockets;
using System.Runtime.CompilerServices;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Tasks;

namespace WunderProxy.Forwarding.Upstreams;

/// <summary>
/// Opens the connections of one loop to endpoints and tells each endpoint the outcome. The addresses of a name are
/// tried until one accepts.
/// </summary>
internal sealed class EndpointConnector(TransportLoop loop)
{
    /// <summary>
    /// Whether a connect failed because of a shortage on this machine, which says nothing about the endpoint.
    /// </summary>
    public static bool IsShortage(SocketError error) =>
        error is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable;

    /// <summary>
    /// Connects and records the outcome at the endpoint, unless a shortage on this machine was the cause.
    /// </summary>
    /// <param name="endpoint">The endpoint to connect to.</param>
    /// <param name="timeoutMilliseconds">
    /// Longest wait over all addresses in milliseconds; 0 leaves the limit to the operating system.
    /// </param>
    /// <returns>A connection, or the error of the last address tried.</returns>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    public async ValueTask<ConnectResult> ConnectAsync(Endpoint endpoint, int timeoutMilliseconds)
    {
        var result = endpoint.Names is { } names
            ? await ConnectByNameAsync(names, timeoutMilliseconds)
            : await loop.ConnectAsync(endpoint.Address, timeoutMilliseconds);
        if (result.Connection is not null)
        {
            endpoint.OnConnected();
        }
        else if (!IsShortage(result.Error))
        {
            endpoint.OnConnectFailed();
        }

        return result;
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private async ValueTask<ConnectResult> ConnectByNameAsync(NamedAddresses names, int timeoutMilliseconds)
    {
        var refreshing = names.RefreshAsync(afterFailure: false);
        if (names.Addresses.Count == 0)
        {
            await WaitForAsync(refreshing);
        }

        // The addresses connected to are those known at this moment; the version below shows a change meanwhile.
        var version = names.Version;
        var result = await TryEachAsync(names, timeoutMilliseconds);
        if (result.Connection is not null)
        {
            return result;
        }

        // The name may have moved; the resolver is asked at most once a second for that reason.
        await WaitForAsync(names.RefreshAsync(afterFailure: true));
        return names.Version == version ? result : await TryEachAsync(names, timeoutMilliseconds);
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private async ValueTask<ConnectResult> TryEachAsync(NamedAddresses names, int timeoutMilliseconds)
    {
        var addresses = names.Addresses;
        var first = names.Preferred;
        var result = new ConnectResult(null, SocketError.HostNotFound);
        var deadline = loop.NowMilliseconds + timeoutMilliseconds;
        for (var tried = 0; tried < addresses.Count; tried++)
        {
            var position = (first + tried) % addresses.Count;
            result = await loop.ConnectAsync(
                addresses[position], PartOf(timeoutMilliseconds, deadline, addresses.Count - tried));
            if (result.Connection is not null)
            {
                names.Preferred = position;
                return result;
            }
        }

        return result;
    }

    // An address that does not answer must not use up the time of those after it.
    private int PartOf(int timeoutMilliseconds, long deadline, int addressesLeft) => timeoutMilliseconds == 0
        ? 0
        : (int)Math.Max(1, (deadline - loop.NowMilliseconds) / addressesLeft);

    /// <summary>
    /// Waits, without blocking the loop, for work that another thread completes; continues on the loop.
    /// </summary>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder))]
    private async ValueTask WaitForAsync(Task task)
    {
        if (task.IsCompleted)
        {
            return;
        }

        var ended = new LoopSignal();
        var waiting = ended.WaitAsync();
        _ = task.ContinueWith(
            (_, signal) => loop.Post(static signal => ((LoopSignal)signal!).Set(), signal),
            ended,
            CancellationToken.None,
            TaskContinuationOptions.None,
            TaskScheduler.Default);
        await waiting;
    }
}
