namespace WunderProxy.Forwarding.Transport.Tls;

/// <summary>Uses the certificates of a <see cref="TlsSource"/> in the form of its engine.</summary>
internal interface ITlsUser
{
    /// <summary>Brings certificates into the form of the engine, without using them yet. Callable from any thread.</summary>
    /// <returns>The change, which the caller makes or drops.</returns>
    /// <exception cref="TlsException">The engine refuses a certificate.</exception>
    ITlsChange Prepare(CertificateSet certificates);
}
