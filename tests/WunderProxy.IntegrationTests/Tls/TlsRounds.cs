namespace WunderProxy.IntegrationTests.Tls;

/// <summary>How long the tests of TLS under load are: short in the one check, long in eng/tls.sh.</summary>
internal static class TlsRounds
{
    /// <summary>Returns the number for the form that runs.</summary>
    public static int Of(int check, int full) =>
        Environment.GetEnvironmentVariable("WUNDERPROXY_TEST_TLS") is null ? check : full;

    /// <summary>How many handshakes the test of memory makes; eng/tls.sh may ask for another number.</summary>
    public static int Handshakes =>
        Environment.GetEnvironmentVariable("WUNDERPROXY_TEST_HANDSHAKES") is { Length: > 0 } number
            ? int.Parse(number, System.Globalization.CultureInfo.InvariantCulture)
            : Of(check: 2_000, full: 50_000);
}
