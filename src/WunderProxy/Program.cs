using WunderProxy.Cli;

using var output = new OutputWriter(() => Console.Out);
using var error = new ErrorWriter(() => Console.Error);
LastResort.Install(error);
return await new CommandLine(output, error, Environment.GetEnvironmentVariable).RunAsync(args);
