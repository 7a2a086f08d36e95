namespace WunderProxy.Forwarding.Transport.Tls;

/// <summary>TLS cannot be set up: the message says what is wrong and with which file or option.</summary>
public sealed class TlsException : Exception
{
    /// <summary>Creates the exception without a message.</summary>
    public TlsException()
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    public TlsException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and what caused it.</summary>
    public TlsException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
