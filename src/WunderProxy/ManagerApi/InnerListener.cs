using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.ManagerApi;

/// <summary>
/// The <see cref="HttpListener"/> of the handlers, on a loopback port of its own, with a secret that only our front end
/// knows. Any local user can connect to the port, which <see cref="InnerListenerWatch"/> watches.
/// </summary>
internal sealed class InnerListener : IDisposable
{
    private const int PortAttempts = 20;

    private readonly HttpListener _listener;
    private readonly byte[] _secret;

    private InnerListener(HttpListener listener, int port, TimeProvider clock)
    {
        // 244 bits of the kernel's random numbers. RandomNumberGenerator takes OpenSSL's, and `forward` runs without OpenSSL.
        var secret = $"{Guid.NewGuid():n}{Guid.NewGuid():n}";
        _listener = listener;
        _secret = Encoding.ASCII.GetBytes(secret);
        Port = port;
        Upstream = new Upstream(new IPEndPoint(IPAddress.Loopback, port), "manager-api", clock)
        {
            Stamp = new RequestStamp(secret),
        };
    }

    /// <summary>The loopback port on which the handlers listen.</summary>
    public int Port { get; }

    /// <summary>The upstream by which the front end reaches the handlers.</summary>
    public Upstream Upstream { get; }

    /// <summary>
    /// Listens on a free port. HttpListener does not accept port 0, so a free port is looked up, and another one if a
    /// program took the first meanwhile.
    /// </summary>
    /// <exception cref="HttpListenerException">No port is available.</exception>
    public static InnerListener Start(TimeProvider clock)
    {
        for (var attempt = 1; ; attempt++)
        {
            var port = FreePort();
            var listener = new HttpListener();
            listener.Prefixes.Add(PrefixOf(port));
            try
            {
                listener.Start();
                return new InnerListener(listener, port, clock);
            }
            catch (HttpListenerException) when (attempt < PortAttempts)
            {
                listener.Close();
            }
        }
    }

    /// <summary>Whether a call came through our front end, that is, carries the secret.</summary>
    public bool IsFromFront(HttpListenerRequest request) => CryptographicOperations.FixedTimeEquals(
        Encoding.ASCII.GetBytes(HttpListenerExchange.SecretOf(request)), _secret);

    /// <summary>Waits for the next call from the front end.</summary>
    /// <returns>The call, or null if the listener has stopped.</returns>
    public async Task<HttpListenerContext?> NextAsync()
    {
        while (true)
        {
            try
            {
                return await _listener.GetContextAsync();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                if (!_listener.IsListening)
                {
                    return null;
                }
            }
        }
    }

    /// <summary>Stops listening and closes connections without a call; calls in progress continue.</summary>
    /// <remarks>
    /// Removing the prefix by name has this effect; clearing the collection would leave the socket listening.
    /// </remarks>
    public void StopListening() => _listener.Prefixes.Remove(PrefixOf(Port));

    /// <inheritdoc/>
    public void Dispose() => _listener.Close();

    private static string PrefixOf(int port) => $"http://127.0.0.1:{port}/";

    private static int FreePort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }
}
