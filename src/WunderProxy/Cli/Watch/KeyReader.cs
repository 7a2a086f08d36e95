using System.Collections.Concurrent;

namespace WunderProxy.Cli.Watch;

/// <summary>
/// Reads the keys that a person presses, on a thread of its own: while it waits, the terminal shows no key and waits for no
/// end of a line. The runtime sets the terminal back when the program ends.
/// </summary>
internal sealed class KeyReader
{
    private readonly ConcurrentQueue<ConsoleKey> _keys = new();

    /// <summary>Begins to read; does nothing if standard input is no terminal.</summary>
    public static KeyReader Start()
    {
        var reader = new KeyReader();
        if (!Console.IsInputRedirected)
        {
            new Thread(reader.Read) { IsBackground = true, Name = "keys" }.Start();
        }

        return reader;
    }

    /// <summary>Returns the key that was pressed next; null if there is none.</summary>
    public ConsoleKey? TryTake() => _keys.TryDequeue(out var key) ? key : null;

    private void Read()
    {
        try
        {
            while (true)
            {
                _keys.Enqueue(Console.ReadKey(intercept: true).Key);
            }
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException)
        {
            // The terminal has gone; the signal of that ends the program.
        }
    }
}
