using WunderProxy.Cli;

var commandLine = new CommandLine(Console.Out, Console.Error, Environment.GetEnvironmentVariable);
return await commandLine.RunAsync(args);
