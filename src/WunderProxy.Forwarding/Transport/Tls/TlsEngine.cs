namespace WunderProxy.Forwarding.Transport.Tls;

/// <summary>The implementation that encrypts the connections of clients.</summary>
public enum TlsEngine
{
    /// <summary><see cref="OpenSsl"/> where the epoll transport and libssl are at hand, else <see cref="Runtime"/>.</summary>
    Auto,

    /// <summary>The machine's libssl, called directly; needs the epoll transport.</summary>
    OpenSsl,

    /// <summary>The SslStream of .NET, over any transport.</summary>
    Runtime,
}
