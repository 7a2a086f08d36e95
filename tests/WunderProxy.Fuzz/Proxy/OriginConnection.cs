using System.Net.Sockets;
using System.Text;

namespace WunderProxy.Fuzz.Proxy;

/// <summary>A connection from the proxy to the origin.</summary>
internal sealed class OriginConnection(Socket socket) : IDisposable
{
    private readonly byte[] _buffer = new byte[16 * 1024];

    /// <summary>What came and was not taken yet.</summary>
    public string Text { get; private set; } = "";

    /// <summary>Receives more.</summary>
    /// <returns>False at the end of the stream.</returns>
    /// <exception cref="SocketException">It was reset.</exception>
    public async Task<bool> ReceiveAsync()
    {
        var received = await socket.ReceiveAsync(_buffer);
        Text += Encoding.Latin1.GetString(_buffer, 0, received);
        return received > 0;
    }

    /// <summary>Takes what has been dealt with.</summary>
    public void Take(int count) => Text = Text[count..];

    /// <summary>Sends each piece by a write of its own.</summary>
    public async Task SendAsync(IEnumerable<string> pieces)
    {
        socket.NoDelay = true;
        foreach (var piece in pieces)
        {
            var bytes = Encoding.Latin1.GetBytes(piece);
            for (var at = 0; at < bytes.Length;)
            {
                at += await socket.SendAsync(bytes.AsMemory(at));
            }

            await Task.Yield();
        }
    }

    /// <summary>Has <see cref="Dispose"/> reset the connection.</summary>
    public void Reset() => socket.LingerState = new LingerOption(enable: true, 0);

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();
}
