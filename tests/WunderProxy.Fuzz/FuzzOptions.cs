using System.Globalization;

namespace WunderProxy.Fuzz;

/// <summary>What the command line asks for.</summary>
/// <param name="Target">What is fuzzed: "parsers", or "proxy" for the running program.</param>
/// <param name="Count">How many inputs; half of them for each transport unless one is named.</param>
/// <param name="Seed">Where the inputs come from; the same seed makes the same ones.</param>
/// <param name="First">Number of the first input through the proxy.</param>
/// <param name="Transport">Transport of the proxy; null for both, one after the other.</param>
/// <param name="TlsEngine">Engine of TLS between the clients and the proxy; null for plain HTTP.</param>
internal sealed record FuzzOptions(string Target, long Count, int Seed, int First, string? Transport, string? TlsEngine)
{
    /// <summary>The options.</summary>
    public const string Usage =
        "usage: WunderProxy.Fuzz [--target parsers|proxy] [--count N] [--seed N] "
        + "[--transport epoll|sockets] [--tls openssl|runtime] [--first N]";

    /// <summary>Reads the options of <see cref="Usage"/>; null if something else was given.</summary>
    public static FuzzOptions? Parse(string[] arguments)
    {
        var options = new FuzzOptions("parsers", 1_000_000, Random.Shared.Next(), 0, null, null);
        for (var at = 0; at < arguments.Length; at += 2)
        {
            var value = at + 1 < arguments.Length ? arguments[at + 1] : "";
            var next = arguments[at] switch
            {
                "--target" when value is "parsers" or "proxy" => options with { Target = value },
                "--transport" when value is "epoll" or "sockets" => options with { Transport = value },
                "--tls" when value is "openssl" or "runtime" => options with { TlsEngine = value },
                "--count" when long.TryParse(value, CultureInfo.InvariantCulture, out var count) =>
                    options with { Count = count },
                "--seed" when int.TryParse(value, CultureInfo.InvariantCulture, out var seed) =>
                    options with { Seed = seed },
                "--first" when int.TryParse(value, CultureInfo.InvariantCulture, out var first) =>
                    options with { First = first },
                _ => null,
            };
            if (next is null)
            {
                return null;
            }

            options = next;
        }

        return options;
    }
}
