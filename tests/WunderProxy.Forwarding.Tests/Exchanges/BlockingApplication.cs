using System.Net;
using System.Net.Sockets;

namespace WunderProxy.Forwarding.Tests.Exchanges;

/// <summary>Gives every request the same answer, on one blocking thread for each connection: none of that allocates.</summary>
internal sealed class BlockingApplication : IDisposable
{
    private const int StackBytes = 256 * 1024;

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly byte[] _requestEnd;
    private readonly byte[] _response;

    /// <summary>Starts to listen.</summary>
    /// <param name="requestEnd">The last bytes of every request, and of no other part of one.</param>
    /// <param name="response">The answer.</param>
    public BlockingApplication(byte[] requestEnd, byte[] response)
    {
        _requestEnd = requestEnd;
        _response = response;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(1024);
        Run(AcceptAll);
    }

    public EndPoint EndPoint => _listener.LocalEndPoint!;

    public void Dispose() => _listener.Dispose();

    private static void Run(ThreadStart work) => new Thread(work, StackBytes) { IsBackground = true }.Start();

    private void AcceptAll()
    {
        try
        {
            while (true)
            {
                var connection = _listener.Accept();
                Run(() => Serve(connection));
            }
        }
        catch (SocketException)
        {
            // Disposed.
        }
    }

    private void Serve(Socket connection)
    {
        Span<byte> buffer = stackalloc byte[8 * 1024];
        var length = 0;
        try
        {
            while (connection.Receive(buffer[length..]) is > 0 and var count)
            {
                length += count;
                if (buffer[..length].EndsWith(_requestEnd))
                {
                    length = 0;
                    connection.Send(_response);
                }
            }
        }
        catch (SocketException)
        {
            // The proxy closed it.
        }
    }
}
