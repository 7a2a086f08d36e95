namespace WunderProxy.Forwarding.Exchanges;

/// <summary>The side whose behaviour ended an exchange.</summary>
internal enum Side
{
    /// <summary>No side, because the exchange succeeded.</summary>
    None,

    /// <summary>The client.</summary>
    Downstream,

    /// <summary>The application.</summary>
    Upstream,

    /// <summary>The proxy itself, by a drain, a pause or a limit.</summary>
    Proxy,
}
