using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace WunderProxy.LoadClient;

/// <summary>
/// One connection to the proxy. Every fault on the connection fails the request; nothing is sent twice.
/// </summary>
public sealed class ClientConnection : IDisposable
{
    private readonly Stream _stream;
    private readonly ResponseReader _reader;

    private ClientConnection(Stream stream)
    {
        _stream = stream;
        _reader = new ResponseReader(stream);
    }

    /// <summary>Opens a connection to the proxy.</summary>
    /// <param name="endPoint">The address of the proxy.</param>
    /// <param name="tls">How TLS is spoken; null for a plain connection.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="RequestFailedException">
    /// The connection or its handshake failed; the kind is <see cref="FailureKind.Connect"/>.
    /// </exception>
    public static async ValueTask<ClientConnection> OpenAsync(
        EndPoint endPoint, SslClientAuthenticationOptions? tls, CancellationToken cancellationToken)
    {
        var stream = await ConnectAsync(endPoint, cancellationToken);
        if (tls is null)
        {
            return new ClientConnection(stream);
        }

        var secured = new SslStream(stream);
        try
        {
            await secured.AuthenticateAsClientAsync(tls, cancellationToken);
            return new ClientConnection(secured);
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException)
        {
            await secured.DisposeAsync();
            throw new RequestFailedException(FailureKind.Connect, $"handshake: {exception.Message}", exception);
        }
        catch
        {
            await secured.DisposeAsync();
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

    private static async ValueTask<NetworkStream> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken)
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
            return new NetworkStream(socket, ownsSocket: true);
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
}
