namespace WunderProxy.Forwarding.Transport.Tls;

/// <summary>An exchange of certificates that is ready; either of the methods is called, once.</summary>
internal interface ITlsChange
{
    /// <summary>Uses the new certificates for every handshake that begins from now on.</summary>
    void Make();

    /// <summary>Drops the new certificates; the ones in service stay.</summary>
    void Drop();
}
