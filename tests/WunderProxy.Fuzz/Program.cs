using System.Diagnostics;
using WunderProxy.Forwarding.Tests.Http1.Fuzzing;
using WunderProxy.Fuzz;

const long InputsPerReport = 1_000_000;

FuzzOptions? options = FuzzOptions.Parse(args);
if (options is null)
{
    Console.Error.WriteLine("usage: WunderProxy.Fuzz [--target parsers] [--count N] [--seed N]");
    return 2;
}

Console.WriteLine($"target {options.Target}, seed {options.Seed}, {options.Count} inputs");
var fuzzer = new Http1Fuzzer(options.Seed);
long start = Stopwatch.GetTimestamp();
try
{
    for (long done = 0; done < options.Count;)
    {
        long next = Math.Min(InputsPerReport, options.Count - done);
        fuzzer.Run(next);
        done += next;
        Console.WriteLine($"{done} inputs, {fuzzer.Accepted} accepted, {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s");
    }
}
catch (FuzzFailureException failure)
{
    Console.Error.WriteLine(failure);
    return 1;
}

return 0;
