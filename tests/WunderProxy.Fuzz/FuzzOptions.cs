using System.Globalization;

namespace WunderProxy.Fuzz;

/// <summary>What the command line asks for.</summary>
/// <param name="Target">What is fuzzed; "parsers" is the only one.</param>
/// <param name="Count">How many inputs.</param>
/// <param name="Seed">Where the inputs come from; the same seed makes the same ones.</param>
internal sealed record FuzzOptions(string Target, long Count, int Seed)
{
    /// <summary>Reads --target NAME, --count N and --seed N; null if something else was given.</summary>
    public static FuzzOptions? Parse(string[] arguments)
    {
        var options = new FuzzOptions("parsers", 1_000_000, Random.Shared.Next());
        for (int at = 0; at < arguments.Length; at += 2)
        {
            string value = at + 1 < arguments.Length ? arguments[at + 1] : "";
            FuzzOptions? next = arguments[at] switch
            {
                "--target" when value == "parsers" => options with { Target = value },
                "--count" when long.TryParse(value, CultureInfo.InvariantCulture, out long count) => options with { Count = count },
                "--seed" when int.TryParse(value, CultureInfo.InvariantCulture, out int seed) => options with { Seed = seed },
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
