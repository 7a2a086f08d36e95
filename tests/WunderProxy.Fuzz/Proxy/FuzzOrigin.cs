using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace WunderProxy.Fuzz.Proxy;

/// <summary>
/// The application behind the proxy: takes nothing that breaks the grammar, and answers as each input says.
/// </summary>
internal sealed class FuzzOrigin : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentDictionary<IPAddress, FuzzCase> _cases = new();
    private readonly Action<FuzzCase?, string> _onFailure;
    private long _requests;

    /// <summary>Listens on a free port of 127.0.0.1.</summary>
    /// <param name="onFailure">Told of each invariant that did not hold.</param>
    public FuzzOrigin(Action<FuzzCase?, string> onFailure)
    {
        _onFailure = onFailure;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(1024);
        _ = AcceptAllAsync();
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>Requests that came.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>Requests of this input may come from now on.</summary>
    public void Add(FuzzCase fuzzCase) => _cases[fuzzCase.Address] = fuzzCase;

    /// <summary>No request of this input can come any more.</summary>
    public void Remove(FuzzCase fuzzCase) => _cases.TryRemove(fuzzCase.Address, out _);

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private async Task AcceptAllAsync()
    {
        while (true)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptAsync());
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var connection = new OriginConnection(socket);
        var isOpen = true;
        while (isOpen)
        {
            FuzzCase? fuzzCase = null;
            try
            {
                isOpen = await ServeOneAsync(connection, found => fuzzCase = found);
            }
            catch (FuzzFailureException exception)
            {
                _onFailure(fuzzCase, $"{exception.Message}; at the origin: {connection.Text}");
                return;
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task<bool> ServeOneAsync(OriginConnection connection, Action<FuzzCase> onFound)
    {
        FuzzCase? fuzzCase = null;
        Reply? reply = null;
        var index = 0;
        var isAnswered = false;
        PlainMessage request;
        while (true)
        {
            request = PlainRequest.ReadFromProxy(connection.Text);
            if (request.State == ReadState.Invalid)
            {
                throw new FuzzFailureException($"the origin got a request that breaks the grammar: {request.Fault}");
            }

            if (request.HasHead && fuzzCase is null)
            {
                Interlocked.Increment(ref _requests);
                fuzzCase = CaseOf(request);
                onFound(fuzzCase);
                index = fuzzCase.Match(request);
                reply = fuzzCase.Replies[index]!;
            }

            fuzzCase?.CheckBody(index, request);
            if (reply is { IsEarly: true } && !isAnswered)
            {
                isAnswered = true;
                await connection.SendAsync(reply.Pieces);
            }

            if (request.State == ReadState.Complete)
            {
                break;
            }

            if (!await connection.ReceiveAsync())
            {
                return connection.Text.Length == 0
                    ? false
                    : throw new FuzzFailureException("a request was cut short, and the end was in order");
            }
        }

        connection.Take(request.End);
        if (connection.Text.Length > 0 && !isAnswered)
        {
            // The proxy sends one request at a time; after an early answer the next one may be there already.
            throw new FuzzFailureException("the origin got bytes behind a request");
        }

        if (!isAnswered)
        {
            await connection.SendAsync(reply!.Pieces);
        }

        return await EndAsync(connection, fuzzCase!, index, reply!);
    }

    private FuzzCase CaseOf(PlainMessage request)
    {
        var peer = request.Values("X-Forwarded-For") is [.., var peers] ? peers.Split(", ")[^1] : "";
        return IPAddress.TryParse(peer, out var address) && _cases.TryGetValue(address, out var fuzzCase)
            ? fuzzCase
            : throw new FuzzFailureException($"the origin got a request of nobody: {peer}");
    }

    private static async Task<bool> EndAsync(OriginConnection connection, FuzzCase fuzzCase, int index, Reply reply)
    {
        if (reply.End == ReplyEnd.Keep && !reply.IsUpgrade)
        {
            return true;
        }

        if (reply.End == ReplyEnd.Reset)
        {
            connection.Reset();
        }
        else if (reply.IsUpgrade || reply.End == ReplyEnd.Mute)
        {
            while (await connection.ReceiveAsync())
            {
                fuzzCase.CheckTunnel(index, connection.Text);
            }
        }

        return false;
    }
}
