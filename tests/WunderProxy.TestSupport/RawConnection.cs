using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace WunderProxy.TestSupport;

/// <summary>
/// One end of a socket that sends and receives exact bytes, as Latin-1 text. Every wait has a deadline.
/// </summary>
public sealed partial class RawConnection : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(15);

    private readonly Socket _socket;
    private readonly List<byte> _received = [];
    private readonly byte[] _buffer = new byte[64 * 1024];

    /// <summary>Creates a connection that owns a connected socket.</summary>
    public RawConnection(Socket socket) => _socket = socket;

    /// <summary>Whether Date lines are removed from what is read, because they differ each second.</summary>
    public bool LeavesOutDate { get; set; }

    /// <summary>The address of this end.</summary>
    public EndPoint LocalEndPoint => _socket.LocalEndPoint!;

    /// <summary>Connects to a listener and returns the connection.</summary>
    public static async Task<RawConnection> ConnectAsync(EndPoint endPoint)
    {
        var protocol = endPoint is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified;
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, protocol);
        using var deadline = new CancellationTokenSource(Deadline);
        await socket.ConnectAsync(endPoint, deadline.Token);
        return new RawConnection(socket);
    }

    /// <summary>Sends text, whose line ends the caller writes.</summary>
    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Sends bytes to the remote end.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await _socket.SendAsync(bytes, SocketFlags.None, deadline.Token)..];
        }
    }

    /// <summary>Reads up to and including the empty line that ends a head.</summary>
    public Task<string> ReadHeadAsync() => ReadThroughAsync("\r\n\r\n");

    /// <summary>Reads up to and including a text.</summary>
    /// <exception cref="IOException">
    /// The remote end closed before the text; the message has what was received.
    /// </exception>
    public async Task<string> ReadThroughAsync(string end)
    {
        var wanted = Encoding.Latin1.GetBytes(end);
        while (true)
        {
            var at = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_received).IndexOf(wanted);
            if (at >= 0)
            {
                return Take(at + wanted.Length);
            }

            await ReceiveOrThrowAsync();
        }
    }

    /// <summary>Reads exactly the given number of bytes.</summary>
    /// <exception cref="IOException">The remote end closed before that many bytes.</exception>
    public async Task<string> ReadAsync(int count)
    {
        while (_received.Count < count)
        {
            await ReceiveOrThrowAsync();
        }

        return Take(count);
    }

    /// <summary>Reads everything until the remote end closes.</summary>
    public async Task<(string Text, StreamEnd End)> ReadToEndAsync()
    {
        while (true)
        {
            try
            {
                if (await ReceiveAsync() == 0)
                {
                    return (Take(_received.Count), StreamEnd.Finished);
                }
            }
            catch (SocketException)
            {
                return (Take(_received.Count), StreamEnd.Reset);
            }
        }
    }

    /// <summary>Waits until the remote end closes, and discards what is received.</summary>
    public async Task<StreamEnd> WaitForEndAsync() => (await ReadToEndAsync()).End;

    /// <summary>Closes the sending side of this end.</summary>
    public void ShutdownSend() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Resets the connection (RST).</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(enable: true, 0);
        _socket.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    /// <summary>Returns a text without its Date lines.</summary>
    public static string WithoutDate(string text) => DateLine().Replace(text, string.Empty);

    [GeneratedRegex(@"^Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n", RegexOptions.Multiline, 1000)]
    private static partial Regex DateLine();

    private string Take(int count)
    {
        var text = Encoding.Latin1.GetString([.. _received.Take(count)]);
        _received.RemoveRange(0, count);
        return LeavesOutDate ? WithoutDate(text) : text;
    }

    private async Task ReceiveOrThrowAsync()
    {
        int count;
        try
        {
            count = await ReceiveAsync();
        }
        catch (SocketException exception)
        {
            throw new IOException($"reset after: {Encoding.Latin1.GetString([.. _received])}", exception);
        }

        if (count == 0)
        {
            throw new IOException($"ended after: {Encoding.Latin1.GetString([.. _received])}");
        }
    }

    private async Task<int> ReceiveAsync()
    {
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            var count = await _socket.ReceiveAsync(_buffer, SocketFlags.None, deadline.Token);
            _received.AddRange(_buffer.AsSpan(0, count));
            return count;
        }
        catch (OperationCanceledException exception)
        {
            var before = Encoding.Latin1.GetString([.. _received]);
            throw new TimeoutException($"nothing came for {Deadline}; before: {before}", exception);
        }
    }
}
