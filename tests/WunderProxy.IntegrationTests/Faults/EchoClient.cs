using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;

namespace WunderProxy.IntegrationTests.Faults;

/// <summary>Echoes messages over WebSockets, one socket after the other, and notes how each ends.</summary>
internal sealed class EchoClient(IPEndPoint proxy, int number)
{
    private const int MaxMessageBytes = 150_000;

    private readonly Lock _gate = new();
    private readonly List<SocketEnd> _ends = [];
    private readonly List<string> _faults = [];
    private readonly Random _random = new(number);
    private volatile string? _revision;
    private int _messages;

    /// <summary>The revision that the open socket leads to; null while there is none.</summary>
    public string? Revision => _revision;

    /// <summary>Messages that came back whole and right.</summary>
    public int Messages => Volatile.Read(ref _messages);

    /// <summary>Sockets that the other side closed in order.</summary>
    public IReadOnlyList<SocketEnd> Ends
    {
        get
        {
            lock (_gate)
            {
                return [.. _ends];
            }
        }
    }

    /// <summary>Whatever must not happen: refused handshakes, cut messages, wrong bytes, ends without a close frame.</summary>
    public IReadOnlyList<string> Faults
    {
        get
        {
            lock (_gate)
            {
                return [.. _faults];
            }
        }
    }

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await UseOneAsync(stopping);
            }
            catch (Exception) when (stopping.IsCancellationRequested)
            {
                // The client aborts its own socket then, and whatever was under way says so in its own way.
                return;
            }
            catch (Exception exception) when (exception is WebSocketException or IOException or InvalidOperationException)
            {
                Add(_faults, $"{_revision ?? "connecting"}: {exception}");
            }
            finally
            {
                _revision = null;
            }
        }
    }

    private async Task UseOneAsync(CancellationToken stopping)
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.KeepAliveInterval = TimeSpan.Zero;
        await socket.ConnectAsync(new Uri($"ws://{proxy}/ws"), stopping);
        var revision = socket.HttpResponseHeaders!["X-Revision"].Single();
        _revision = revision;
        while (!stopping.IsCancellationRequested)
        {
            var sent = new byte[_random.Next(1, MaxMessageBytes)];
            _random.NextBytes(sent);
            if (!await EchoAsync(socket, sent, stopping))
            {
                Add(_ends, new SocketEnd(revision, (int)socket.CloseStatus!.Value, TimeProvider.System.GetUtcNow()));
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, stopping);
                return;
            }

            Interlocked.Increment(ref _messages);

            // A user's pace: some sockets are to be idle when they are closed.
            await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(20)), TimeProvider.System, stopping);
        }
    }

    /// <summary>Sends a message and awaits it; false when a close frame came instead, between two messages.</summary>
    private static async Task<bool> EchoAsync(ClientWebSocket socket, byte[] message, CancellationToken stopping)
    {
        // Sent and read at once: the echo of a long message begins before its end has left.
        var sending = socket.SendAsync(message, WebSocketMessageType.Binary, true, stopping);
        var received = new byte[MaxMessageBytes];
        var length = 0;
        while (true)
        {
            var part = await socket.ReceiveAsync(received.AsMemory(length), stopping);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return length == 0 ? false : throw new InvalidOperationException($"closed after {length} of {message.Length} bytes");
            }

            length += part.Count;
            if (part.EndOfMessage)
            {
                await sending;
                return SHA256.HashData(received.AsSpan(0, length)).AsSpan().SequenceEqual(SHA256.HashData(message))
                    ? true
                    : throw new InvalidOperationException($"{length} bytes came back for {message.Length}, or others");
            }
        }
    }

    private void Add<T>(List<T> list, T item)
    {
        lock (_gate)
        {
            list.Add(item);
        }
    }
}
