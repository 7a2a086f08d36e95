namespace WunderProxy.Forwarding.Exchanges;

/// <summary>The side whose behaviour ended an exchange.</summary>
internal enum Side
{
    /// <summary>No side, because the exchange succeeded.</summary>
    None,

    /// <summary>The client caused the end of the exchange.</summary>
    Downstream,

    /// <summary>The application caused the end of the exchange.</summary>
    Upstream,

    /// <summary>The proxy itself caused the end, by a drain, a pause or a limit.</summary>
    Proxy,
}
