namespace WunderProxy.Forwarding.Tests.Transport.Tls;

/// <summary>What lies between the connections under test and the plain sockets of the test.</summary>
public enum Wiring
{
    /// <summary>Nothing.</summary>
    Plain,

    /// <summary>TLS by libssl here and SslStream at the other end.</summary>
    OpenSsl,

    /// <summary>TLS by SslStream at both ends.</summary>
    Runtime,
}
