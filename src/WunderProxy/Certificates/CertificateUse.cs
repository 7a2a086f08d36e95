namespace WunderProxy.Certificates;

/// <summary>The listeners that certificates are for.</summary>
internal enum CertificateUse
{
    /// <summary>The TLS listeners of the proxy.</summary>
    Proxy,

    /// <summary>The manager API and the status listener.</summary>
    Api,
}
