using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.ManagerApi;

/// <summary>
/// The <see cref="HttpListener"/> of the handlers at a loopback port of its own, with a secret that only our front end
/// knows. Any local user can connect to it, and it accepts whoever comes: <see cref="InnerListenerWatch"/>.
/// </summary>
internal sealed class InnerListener : IDisposable
{
    private const int PortAttempts = 20;

    private readonly HttpListener _listener;
    private readonly byte[] _secret;

    private InnerListener(HttpListener listener, int port, TimeProvider clock)
    {
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        _listener = listener;
        _secret = Encoding.ASCII.GetBytes(secret);
        Port = port;
        Upstream = new Upstream(new IPEndPoint(IPAddress.Loopback, port), "manager-api", clock)
        {
            Stamp = new RequestStamp(secret),
        };
    }

    /// <summary>The port.</summary>
    public int Port { get; }

    /// <summary>The way to it for the front end.</summary>
    public Upstream Upstream { get; }

    /// <summary>Listens on a free port. HttpListener takes no port 0: one is looked up, and another when somebody was faster.</summary>
    /// <exception cref="HttpListenerException">No port can be had.</exception>
    public static InnerListener Start(TimeProvider clock)
    {
        for (var attempt = 1; ; attempt++)
        {
            var port = FreePort();
            var listener = new HttpListener { IgnoreWriteExceptions = true };
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

    /// <summary>Whether a call came through our front end.</summary>
    public bool IsFromFront(HttpListenerRequest request) => CryptographicOperations.FixedTimeEquals(
        Encoding.ASCII.GetBytes(HttpListenerExchange.SecretOf(request)), _secret);

    /// <summary>Waits for the next call.</summary>
    /// <returns>Null when there will be none.</returns>
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

    /// <summary>Stops to listen and closes the connections on which no call came; calls under way go on.</summary>
    /// <remarks>Removing the prefix by name does that; clearing the collection leaves the socket listening.</remarks>
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
