Console.WriteLine("weledger");
