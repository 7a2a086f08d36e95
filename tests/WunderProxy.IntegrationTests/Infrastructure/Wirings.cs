namespace WunderProxy.IntegrationTests.Infrastructure;

/// <summary>
/// The wirings (<see cref="ProxyWiring.Parse"/>) that fixtures run on. The one check runs over TLS what is cheap there;
/// with WUNDERPROXY_TEST_TLS, as eng/tls.sh sets it, all of these fixtures run over TLS of that engine instead.
/// </summary>
internal static class Wirings
{
    private static readonly string[] Plain = ["epoll", "sockets"];

    /// <summary>Plain text in the one check, because TLS would take long there.</summary>
    public static string[] PlainInCheck => OfEngine ?? Plain;

    /// <summary>Plain text, and TLS by OpenSSL.</summary>
    public static string[] WithOpenSsl => OfEngine ?? [.. Plain, "openssl"];

    /// <summary>Plain text, and TLS by each engine.</summary>
    public static string[] WithEachEngine => OfEngine ?? [.. Plain, .. Secure];

    /// <summary>TLS by each engine.</summary>
    public static string[] Secure => OfEngine ?? ["openssl", "sockets-runtime"];

    /// <summary>TLS by OpenSSL alone in the one check.</summary>
    public static string[] SecureByOpenSsl => OfEngine ?? ["openssl"];

    private static string[]? OfEngine => Environment.GetEnvironmentVariable("WUNDERPROXY_TEST_TLS") switch
    {
        "openssl" => ["openssl"],
        "runtime" => ["runtime", "sockets-runtime"],
        _ => null,
    };
}
