using System.Diagnostics;
using WunderProxy.Forwarding.Tests.Http1.Fuzzing;
using WunderProxy.Fuzz;
using WunderProxy.Fuzz.Proxy;

var options = FuzzOptions.Parse(args);
if (options is null)
{
    Console.Error.WriteLine(FuzzOptions.Usage);
    return 2;
}

Console.WriteLine($"target {options.Target}, seed {options.Seed}, {options.Count} inputs");
return options.Target == "parsers" ? RunParsers(options) : await RunProxyAsync(options);

static int RunParsers(FuzzOptions options)
{
    const long InputsPerReport = 1_000_000;
    var fuzzer = new Http1Fuzzer(options.Seed);
    var start = Stopwatch.GetTimestamp();
    try
    {
        for (long done = 0; done < options.Count;)
        {
            var next = Math.Min(InputsPerReport, options.Count - done);
            fuzzer.Run(next);
            done += next;
            Console.WriteLine($"{done} inputs, {fuzzer.Accepted} accepted, {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s");
        }
    }
    catch (WunderProxy.Forwarding.Tests.Http1.Fuzzing.FuzzFailureException exception)
    {
        Console.Error.WriteLine(exception);
        return 1;
    }

    return 0;
}

static async Task<int> RunProxyAsync(FuzzOptions options)
{
    string[] transports = options.Transport is { } one ? [one] : options.TlsEngine == "openssl" ? ["epoll"] : ["epoll", "sockets"];
    foreach (var transport in transports)
    {
        await using var fuzzer = new ProxyFuzzer(new ProxyFuzzOptions
        {
            Program = Path.Combine(AppContext.BaseDirectory, "wunderproxy"),
            Transport = transport,
            TlsEngine = options.TlsEngine,
            Seed = options.Seed,
            First = options.First,
            Count = (int)(options.Count / transports.Length),
        });
        var failure = await fuzzer.RunAsync(Console.WriteLine);
        Console.WriteLine(fuzzer.Summary);
        if (failure is not null)
        {
            Console.Error.WriteLine(failure);
            return 1;
        }
    }

    return 0;
}
