using System.Net;
using System.Net.Sockets;

namespace WunderProxy.LoadClient;

/// <summary>
/// One connection to the proxy. Every fault on the connection fails the request; nothing is sent twice.
/// </summary>
public sealed class ClientConnection : IDisposable
{
    private readonly NetworkStream _stream;
    private readonly ResponseReader _reader;

    private ClientConnection(Socket socket)
    {
        _stream = new NetworkStream(socket, ownsSocket: true);
        _reader = new ResponseReader(_stream);
    }

    /// <summary>Opens a connection to the proxy.</summary>
    /// <exception cref="RequestFailedException">
    /// The connection failed; the kind is <see cref="FailureKind.Connect"/>.
    /// </exception>
    public static async ValueTask<ClientConnection> OpenAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        var isTcp = endPoint is not UnixDomainSocketEndPoint;
        var socket = new Socket(
            isTcp ? endPoint.AddressFamily : AddressFamily.Unix, SocketType.Stream, isTcp ? ProtocolType.Tcp : ProtocolType.Unspecified);
        try
        {
            if (isTcp)
            {
                socket.NoDelay = true;
            }

            await socket.ConnectAsync(endPoint, cancellationToken);
            return new ClientConnection(socket);
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw new RequestFailedException(FailureKind.Connect, $"connect: {exception.SocketErrorCode}", exception);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends the bytes of one request and reads its response.</summary>
    /// <exception cref="RequestFailedException">No complete and well-formed response arrived.</exception>
    public async ValueTask<Response> ExchangeAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        try
        {
            await _stream.WriteAsync(request, cancellationToken);
            return await _reader.ReadAsync(cancellationToken);
        }
        catch (IOException exception)
        {
            var reason = (exception.InnerException as SocketException)?.SocketErrorCode.ToString() ?? exception.Message;
            throw new RequestFailedException(FailureKind.Reset, $"connection broken: {reason}", exception);
        }
    }

    public void Dispose() => _stream.Dispose();
}
