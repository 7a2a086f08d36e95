using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WunderProxy.Fuzz.Proxy;

/// <summary>Sends inputs, one connection each, and judges what comes back.</summary>
internal sealed class FuzzClient(EndPoint proxy) : IDisposable
{
    // The proxy's own limits are a tenth of it; what takes longer is a hang.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private readonly byte[] _buffer = new byte[64 * 1024];
    private CancellationTokenSource _deadline = new();

    /// <summary>Runs one input to its end.</summary>
    /// <returns>Final answers that the client got.</returns>
    /// <exception cref="FuzzFailureException">An invariant did not hold.</exception>
    public async Task<int> RunAsync(FuzzCase fuzzCase)
    {
        if (!_deadline.TryReset())
        {
            _deadline.Dispose();
            _deadline = new CancellationTokenSource();
        }

        _deadline.CancelAfter(Bound);
        var view = new ClientView(fuzzCase);
        using var socket = new Socket(
            AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        { NoDelay = true };
        try
        {
            socket.Bind(new IPEndPoint(fuzzCase.Address, 0));
            await socket.ConnectAsync(proxy, _deadline.Token);
            await ExchangeAsync(socket, fuzzCase, view);
            if (fuzzCase.End is ClientEnd.Reset or ClientEnd.ResetEarly)
            {
                socket.LingerState = new LingerOption(enable: true, 0);
            }
        }
        catch (SocketException)
        {
            view.OnEnd(isReset: true);
        }
        catch (OperationCanceledException)
        {
            throw new FuzzFailureException(
                $"hang: no end within {Bound}, {view.FinalCount} of {fuzzCase.ValidCount} answers");
        }

        return view.FinalCount;
    }

    /// <inheritdoc/>
    public void Dispose() => _deadline.Dispose();

    private async Task ExchangeAsync(Socket socket, FuzzCase fuzzCase, ClientView view)
    {
        var bytes = Encoding.Latin1.GetBytes(fuzzCase.Text);
        var at = 0;
        foreach (var cut in fuzzCase.Cuts)
        {
            while (at < cut)
            {
                at += await socket.SendAsync(bytes.AsMemory(at, cut - at), SocketFlags.None, _deadline.Token);
            }

            await Task.Yield();
        }

        if (fuzzCase.End == ClientEnd.ResetEarly)
        {
            return;
        }

        // An end while a request is under way is taken for an abort, so the client waits for its answers first.
        var isFinished = fuzzCase.End == ClientEnd.FinishEarly;
        if (isFinished)
        {
            socket.Shutdown(SocketShutdown.Send);
        }

        while (true)
        {
            if (!isFinished && (view.IsTunnel || (view.FinalCount >= fuzzCase.ValidCount && !fuzzCase.EndsInvalid)))
            {
                if (fuzzCase.End == ClientEnd.Reset && !view.IsTunnel)
                {
                    return;
                }

                socket.Shutdown(SocketShutdown.Send);
                isFinished = true;
            }

            var received = await socket.ReceiveAsync(_buffer, SocketFlags.None, _deadline.Token);
            if (received == 0)
            {
                view.OnEnd(isReset: false);
                return;
            }

            view.Add(Encoding.Latin1.GetString(_buffer, 0, received));
        }
    }
}
