using WunderProxy.Cli;
using WunderProxy.Hosting;
using WunderProxy.Instance;

using var output = StandardWriter.ForOutput(() => Given(StandardStream.Output, () => Console.Out));
using var error = StandardWriter.ForError(() => Given(StandardStream.Error, () => Console.Error));
LastResort.Install(error);
return await new CommandLine(output, error, Environment.GetEnvironmentVariable, !Console.IsOutputRedirected).RunAsync(args);

static TextWriter Given(int number, Func<TextWriter> open)
{
    StandardStream.Require(number);
    return open();
}
