namespace WunderProxy.Forwarding.Exchanges;

/// <summary>Whose behaviour ended an exchange.</summary>
internal enum Side
{
    /// <summary>Nobody's: it succeeded.</summary>
    None,

    /// <summary>The client's.</summary>
    Downstream,

    /// <summary>The application's.</summary>
    Upstream,

    /// <summary>Our own: a drain, a pause, a limit.</summary>
    Proxy,
}
